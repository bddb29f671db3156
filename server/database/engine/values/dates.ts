/** A date from its milliseconds. Beyond the year 275760 JavaScript has none: there, only getTime() is right. */
export function dateAt(milliseconds: number): Date {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? Object.assign(date, { getTime: () => milliseconds }) : date;
}
