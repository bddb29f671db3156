/** A start that must not go on; the message says what to do. */
export class InstallationUnusable extends Error {}
