export const roles = ['administrator', 'privacy-officer', 'agent', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Who may do what inside an organisation: the one table, read by `allow` on every staff door. */
export const permissions = {
  'overview:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'requests:read': ['administrator', 'privacy-officer', 'agent', 'auditor'],
  'requests:work': ['administrator', 'privacy-officer', 'agent'],
  'requests:decide': ['administrator', 'privacy-officer'],
  'consent:read': ['administrator', 'privacy-officer', 'auditor'],
  'consent:publish': ['administrator', 'privacy-officer'],
  'organization:read': ['administrator', 'privacy-officer', 'auditor'],
  'organization:write': ['administrator'],
  'staff:read': ['administrator', 'privacy-officer', 'auditor'],
  'staff:write': ['administrator'],
  'audit:read': ['administrator', 'privacy-officer', 'auditor'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

export function mayDo(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}
