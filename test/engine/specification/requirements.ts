import type { Document, MongoClient } from 'mongodb';
import { refuseUnknownFields, type Requirement } from './format.ts';

/** The server that the tests run on, as far as requirements ask. */
export interface ServerUnderTest {
  version: string;
  topology: string;
  parameters: Document;
}

const REQUIREMENT_FIELDS = [
  'minServerVersion',
  'maxServerVersion',
  'topologies',
  'serverless',
  'serverParameters',
  'auth',
  'authMechanism',
  'csfle',
];

export async function describeServer(client: MongoClient): Promise<ServerUnderTest> {
  const admin = client.db('admin');
  const hello = await admin.command({ hello: 1 });
  const { version } = await admin.command({ buildInfo: 1 });
  const isSharded = hello.msg === 'isdbgrid';
  return {
    version: String(version),
    topology: isSharded ? 'sharded' : hello.setName === undefined ? 'single' : 'replicaset',
    parameters: await admin.command({ getParameter: '*' }),
  };
}

/** Why the server meets none of the requirements; undefined when it meets one, or when there are none. */
export function whyUnmet(
  requirements: readonly Requirement[] = [],
  server: ServerUnderTest,
): string | undefined {
  const reasons = requirements.map((requirement) => whyOneUnmet(requirement, server));
  return reasons.includes(undefined)
    ? undefined
    : [...new Set(reasons)].sort().join(' or ') || undefined;
}

function whyOneUnmet(requirement: Requirement, server: ServerUnderTest): string | undefined {
  refuseUnknownFields(requirement, REQUIREMENT_FIELDS, 'runOnRequirements');
  const { minServerVersion: least, maxServerVersion: most, topologies } = requirement;
  if (least !== undefined && compareVersions(server.version, least) < 0)
    return `needs a server from ${least}`;
  if (most !== undefined && compareVersions(server.version, most) > 0)
    return `needs a server up to ${most}`;
  if (topologies && !topologies.includes(server.topology)) return `needs ${topologies.join('/')}`;
  if (requirement.serverless === 'require') return 'needs serverless';
  if (requirement.auth === true || requirement.authMechanism !== undefined) return 'needs auth';
  if (requirement.csfle !== undefined && requirement.csfle !== false) return 'needs encryption';
  for (const [name, wanted] of Object.entries(requirement.serverParameters ?? {}))
    if (server.parameters[name] !== wanted) return `needs the server parameter ${name}`;
  return undefined;
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What only a server with test commands can do, wherever in the test it is asked for. */
export function whyNotRunnable(test: object): string | undefined {
  return /"(?:failPoint|targetedFailPoint|configureFailPoint)"/u.test(JSON.stringify(test))
    ? 'needs a fail point'
    : undefined;
}
