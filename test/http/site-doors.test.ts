import { expect } from 'chai';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';

describe('The doors of the installation', () => {
  useApp();

  it('says that it runs and that it can serve', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const reply = await new Client().get(path);
      expect(reply.status).to.equal(200);
      expect(reply.json()).to.deep.equal({ status: 'ok' });
    }
  });

  it('answers an unknown address with a friendly page, and a machine with a problem', async () => {
    const page = await new Client().get('/nowhere');
    expect(page.status).to.equal(404);
    expect(page.text).to.contain('There is nothing here');
    const problem = await new Client().get('/api/nowhere');
    expect(problem.headers.get('content-type')).to.contain('application/problem+json');
    expect(problem.json()).to.include({ type: '/problems/not-found', status: 404 });
  });

  it('serves nothing that may run scripts of others', async () => {
    const { headers } = await new Client().get('/');
    expect(headers.get('content-security-policy')).to.contain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.to.contain('unsafe');
    expect(headers.get('cache-control')).to.equal('no-store');
  });
});
