import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';

interface Operation {
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addFormat('hex', /^[0-9a-f]*$/u);
const compiled = new WeakMap<object, ValidateFunction>();

let served: { origin: string; document: OpenApi } | undefined;

async function documentOf(origin: string): Promise<OpenApi> {
  if (served?.origin !== origin) {
    const reply = await fetch(`${origin}/api/v1/openapi.json`);
    served = { origin, document: (await reply.json()) as OpenApi };
  }
  return served.document;
}

function check(what: string, schema: object, document: OpenApi, value: unknown): void {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile({ ...schema, components: document.components });
    compiled.set(schema, validate);
  }
  expect(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`).to.equal(true);
}

/** Holds a JSON exchange against the document that the application itself serves. */
export async function checkExchange(
  origin: string,
  {
    method,
    path,
    sent,
    status,
    type,
    received,
  }: {
    method: string;
    path: string;
    sent: unknown;
    status: number;
    type: string;
    received: string;
  },
): Promise<void> {
  const document = await documentOf(origin);
  const [found] = Object.entries(document.paths)
    .filter(([pattern]) =>
      new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u').test(
        path,
      ),
    )
    .sort(([a], [b]) => a.split('{').length - b.split('{').length);
  const operation = found?.[1][method.toLowerCase()];
  if (!operation) return;
  const what = `${method} ${path} ${status}`;
  const reply = operation.responses[status.toString()] ?? operation.responses.default;
  const content = reply?.content?.[type];
  if (type.endsWith('json')) {
    expect(content, `${what}: the document has no ${type} for this status`).not.to.equal(undefined);
    if (content) check(what, content.schema, document, JSON.parse(received));
  }
  const body = operation.requestBody?.content['application/json'];
  if (body && status < 300) check(`${what} (sent)`, body.schema, document, sent);
}
