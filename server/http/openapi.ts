import type Joi from 'joi';
import { machineScopes } from '../../config/permissions.ts';
import { PROBLEMS } from '../problem.ts';
import type { Door } from './doors.ts';

type Json = Record<string, unknown>;

interface StandardJsonSchema {
  '~standard': { jsonSchema: Record<'input' | 'output', (options: { target: string }) => Json> };
}

/**
 * The JSON Schema of a Joi schema, as Joi itself gives it, mended in one point: a nullable
 * enumeration must name null among its values, or nothing null ever matches.
 */
function jsonSchemaOf(schema: Joi.Schema, side: 'input' | 'output'): Json {
  const { jsonSchema } = (schema as unknown as StandardJsonSchema)['~standard'];
  return mended(jsonSchema[side]({ target: 'draft-2020-12' })) as Json;
}

function mended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== 'object' || value === null) return value;
  const node = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mended(inner)]),
  );
  const { type, enum: values } = node;
  if (Array.isArray(type) && type.includes('null') && Array.isArray(values)) {
    return {
      ...node,
      enum: values.includes(null) ? (values as unknown[]) : [...(values as unknown[]), null],
    };
  }
  return node;
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', enum: Object.keys(PROBLEMS).map((name) => `/problems/${name}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

function parametersOf(door: Door): Json[] {
  const from = (place: 'path' | 'query', schema: Joi.Schema | undefined): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, inner]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: inner,
    }));
  };
  const organization: Json[] = door.path.includes('/:organization')
    ? [{ name: 'organization', in: 'path', required: true, schema: { type: 'string' } }]
    : [];
  const own = from('path', door.params).filter(({ name }) => name !== 'organization');
  return [...organization, ...own, ...from('query', door.query)];
}

const opensForMachines = ({ allow }: Door) => (machineScopes as readonly string[]).includes(allow);

function operationOf(door: Door): Json {
  const { name, summary, replies } = door.description ?? { name: '', summary: '', replies: {} };
  const isClosed = door.allow !== 'public';
  return {
    operationId: name,
    summary,
    ...(isClosed && {
      security: [{ session: [] }, ...(opensForMachines(door) ? [{ apiKey: [] }] : [])],
      'x-permission': door.allow,
    }),
    parameters: parametersOf(door),
    ...(door.body && {
      requestBody: {
        required: true,
        content:
          door.description?.plainText === true
            ? { 'text/plain': { schema: { type: 'string' } } }
            : { 'application/json': { schema: jsonSchemaOf(door.body, 'input') } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(replies).map(([status, { description, schema }]) => [
          status,
          {
            description,
            ...(schema && {
              content: { 'application/json': { schema: jsonSchemaOf(schema, 'output') } },
            }),
          },
        ]),
      ),
      default: {
        description: 'A problem (RFC 9457)',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}

/** The OpenAPI 3.1 document of all JSON doors, from the schemas that check what passes through them. */
export function describeDoors(doors: readonly Door[]): Json {
  const paths: Record<string, Json> = {};
  for (const door of doors) {
    if (!door.description) continue;
    const path = door.path.replaceAll(/:(\w+)/gu, '{$1}');
    paths[path] = { ...paths[path], [door.method]: operationOf(door) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Habeas',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'habeas-session',
          description: 'The session cookie of signed-in staff; its name carries a prefix.',
        },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key of an organisation (settings, API keys). It needs the scope that `x-permission` names; no cookie and no form token are sent with it.',
        },
      },
    },
  };
}
