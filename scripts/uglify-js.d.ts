/** What the build uses of it; the package brings no types. */
declare module 'uglify-js' {
  export function minify(
    code: string,
    options: { module: boolean; compress: { passes: number; inline: number } },
  ): { code: string; error?: Error };
}
