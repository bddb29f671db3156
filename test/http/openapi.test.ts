import { expect } from 'chai';
import { doors } from '../../server/app.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';

interface Served {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: object }>>;
}

describe('The OpenAPI document', () => {
  useApp();

  it('describes every JSON door, each under a name of its own', async () => {
    const { openapi, paths } = (await new Client().get('/api/v1/openapi.json')).json() as Served;
    expect(openapi).to.equal('3.1.0');
    const described = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(described.length).to.equal(doors.filter(({ kind }) => kind === 'json').length);
    const names = described.map(({ operationId }) => operationId);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('names null among the values of a nullable enumeration', async () => {
    const { text } = await new Client().get('/api/v1/openapi.json');
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, enum: values } = node as { type?: unknown; enum?: unknown };
      if (Array.isArray(type) && type.includes('null') && Array.isArray(values)) {
        expect(values).to.include(null);
      }
      Object.values(node).forEach(visit);
    };
    visit(JSON.parse(text));
  });
});
