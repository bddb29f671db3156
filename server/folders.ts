import path from 'node:path';

/** The project's folder, whether this runs from source or from `dist`. */
export const projectFolder = import.meta.dirname.endsWith(`${path.sep}dist${path.sep}server`)
  ? path.resolve(import.meta.dirname, '../..')
  : path.resolve(import.meta.dirname, '..');

export const templatesFolder = path.join(projectFolder, 'templates');
export const widgetFolder = path.join(projectFolder, 'dist/client-widget');
export const demoSiteFolder = path.join(projectFolder, 'client-widget/demo');
