export const roles = ['administrator', 'privacy-officer', 'agent', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Who may do what inside an organisation: the one table, read by `allow` on every staff door. */
export const permissions = {
  'overview:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'requests:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'requests:work': ['administrator', 'privacy-officer', 'agent'],
  'requests:decide': ['administrator', 'privacy-officer'],
  'deadlines:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'consent:read': ['administrator', 'privacy-officer', 'auditor'],
  'consent:publish': ['administrator', 'privacy-officer'],
  'suppressions:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'suppressions:write': ['administrator', 'privacy-officer'],
  'inventory:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'inventory:write': ['administrator', 'privacy-officer'],
  'letters:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'letters:write': ['administrator', 'privacy-officer'],
  'organization:read': ['administrator', 'privacy-officer', 'auditor'],
  'organization:write': ['administrator'],
  'staff:read': ['administrator', 'privacy-officer', 'auditor'],
  'staff:write': ['administrator'],
  'audit:read': ['administrator', 'privacy-officer', 'auditor'],
  'requests:file': ['administrator', 'privacy-officer', 'agent'],
  'identity:review': ['administrator', 'privacy-officer'],
  'identity:write': ['administrator', 'privacy-officer'],
  'channels:read': ['administrator', 'privacy-officer', 'auditor'],
  'channels:write': ['administrator'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** What a machine may be allowed. It never decides about a person: the decision stays with staff. */
export const machineScopes = [
  'requests:read',
  'requests:work',
  'requests:file',
  'consent:read',
  'overview:read',
  'organization:read',
  'suppressions:read',
  'suppressions:write',
] as const satisfies readonly Permission[];
export type MachineScope = (typeof machineScopes)[number];

/** Whether somebody may do something: a person by role, a machine by the scopes of its key. */
export function mayDo(who: Role | readonly Permission[], permission: Permission): boolean {
  if (typeof who !== 'string') return who.includes(permission);
  return (permissions[permission] as readonly Role[]).includes(who);
}
