/** What the address of a site's script has beyond that of its doors. */
export const SCRIPT_END = /\.js(\?.*)?$/;
