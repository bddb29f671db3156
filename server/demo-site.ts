import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { demoSiteFolder } from './folders.ts';

const NOTHING_HERE = 'There is no such page on the demo website.';

/** The pages of the demo website by address, with the widget's tag filled in. */
function readPages(widgetSrc: string): Map<string, string> {
  const files = readdirSync(demoSiteFolder, { recursive: true, encoding: 'utf8' });
  const pages = files
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const html = readFileSync(path.join(demoSiteFolder, file), 'utf8');
      const address = `/${file.split(path.sep).join('/')}`.replace(/\/index\.html$/u, '/');
      return [address, html.replaceAll('{{widgetSrc}}', widgetSrc)] as const;
    });
  return new Map(pages);
}

/**
 * A website of somebody else, on an origin of its own, that embeds the widget and carries fake
 * trackers. Its content security policy allows its own files and the widget's origin, nothing more.
 */
export function createDemoSite({ widgetSrc }: { widgetSrc: string }): Express {
  const pages = readPages(widgetSrc);
  const habeas = new URL(widgetSrc).origin;
  const app = express();
  app.disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'", habeas],
          'connect-src': ["'self'", habeas],
          'style-src': ["'self'"],
          'img-src': ["'self'", 'data:'],
          'frame-src': ["'self'"],
          'form-action': ["'self'"],
          'base-uri': ["'none'"],
          'frame-ancestors': ["'self'"],
        },
      },
      strictTransportSecurity: false,
      xFrameOptions: { action: 'sameorigin' },
    }),
  );
  app.use((_req, res, next) => {
    // Nothing is kept, so that every page view shows each request that it makes.
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.get('/{*page}', (req, res, next) => {
    const html = pages.get(req.path.replace(/\/index\.html$/u, '/'));
    if (html === undefined) next();
    else res.type('html').send(html);
  });
  app.use(express.static(demoSiteFolder, { index: false, cacheControl: false, redirect: false }));
  app.use((_req, res) => {
    res.status(404).type('text/plain').send(NOTHING_HERE);
  });
  const refuse: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(404).type('text/plain').send(NOTHING_HERE);
  };
  app.use(refuse);
  return app;
}
