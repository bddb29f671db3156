/** The import arrows of the house (README, "The arrows"). */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'features-meet-through-services',
      comment: 'A feature sees another only through its service.ts.',
      severity: 'error',
      from: { path: '^server/features/([^/]+)/' },
      to: {
        path: '^server/features/([^/]+)/',
        pathNot: ['^server/features/$1/', '/service\\.ts$'],
      },
    },
    {
      name: 'models-import-no-service',
      severity: 'error',
      from: { path: '^server/features/[^/]+/model\\.ts$' },
      to: { path: '^server/features/[^/]+/(service|routes|pages)\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: {
        path: '^server/features/',
        pathNot: '/(routes|pages|public|[a-z-]+-(routes|pages))\\.ts$',
      },
      to: { path: '^(server/http/|node_modules/(express|@types/express))' },
    },
    {
      name: 'rooms-know-features-by-type-only',
      severity: 'error',
      from: { path: '^server/(http|database|mail|security|files)/' },
      to: { path: '^server/features/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engine-stands-alone',
      severity: 'error',
      from: { path: '^server/database/engine/' },
      to: {
        path: '^(server|config|jobs|scripts|client-widget)/',
        pathNot: '^server/database/engine/',
      },
    },
    {
      name: 'deadlines-stand-alone',
      comment: 'The engine of dates is a library: config, and what counts days.',
      severity: 'error',
      from: { path: '^server/deadlines/' },
      to: {
        path: '^(server|jobs|scripts|client-widget|node_modules)/',
        pathNot: '^(server/deadlines|node_modules/(@types/)?(luxon|date-holidays))/',
      },
    },
    {
      name: 'server-knows-neither-jobs-nor-scripts',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(jobs|scripts|test|client-widget)/' },
    },
    {
      name: 'config-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^config/' },
      to: { path: '^(server|jobs|scripts|test|client-widget)/' },
    },
    {
      name: 'widget-stands-alone',
      severity: 'error',
      from: { path: '^client-widget/' },
      to: { pathNot: '^client-widget/' },
    },
    {
      name: 'jobs-use-services',
      severity: 'error',
      from: { path: '^jobs/' },
      to: {
        path: '^server/features/',
        pathNot: '/service\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs'] },
  },
};
