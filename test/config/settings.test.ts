import { expect } from 'chai';
import { ConfigError, readConfig } from '../../config/index.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('Settings', () => {
  it('need no variable at all', () => {
    const config = readConfig({});
    expect(config).to.include({ port: 8080, demoPort: 8081, mongodbUri: null, smtpUrl: null });
    expect(config.publicUrl).to.equal('http://localhost:8080');
    expect(config.dataDir).to.equal(`${process.cwd()}/data`);
    expect(config.keyFile).to.equal(`${process.cwd()}/data.key`);
  });

  it('serve no demo site in production unless asked', () => {
    expect(readConfig({ NODE_ENV: 'production' }).demoPort).to.equal(null);
    expect(readConfig({ NODE_ENV: 'production', DEMO_PORT: '9000' }).demoPort).to.equal(9000);
  });

  const wrong: Record<string, NodeJS.ProcessEnv> = {
    PORT: { PORT: 'eighty' },
    DEMO_PORT: { PORT: '9000', DEMO_PORT: '9000' },
    NODE_ENV: { NODE_ENV: 'live' },
    HABEAS_KEY: { HABEAS_KEY: 'short' },
    HABEAS_KEY_FILE: { HABEAS_KEY_FILE: 'data/key' },
    MONGODB_URI: { MONGODB_URI: 'postgres://x' },
    SMTP_URL: { SMTP_URL: 'mail.example.org' },
    PUBLIC_URL: { PUBLIC_URL: 'https://example.org/path' },
    TRUST_PROXY: { TRUST_PROXY: 'yes' },
    REGION_HEADER: { REGION_HEADER: 'a header' },
    GEOIP_FILE: { GEOIP_FILE: 'addresses.csv' },
    VIRUS_SCANNER: { VIRUS_SCANNER: 'clamd' },
    INBOUND_SMTP_PORT: { INBOUND_SMTP_PORT: 'smtp' },
    INBOUND_HOST: { INBOUND_HOST: 'mx.example.org' },
    INBOUND_TLS_CERT: { INBOUND_TLS_CERT: 'cert.pem' },
    LOG_LEVEL: { LOG_LEVEL: 'loud' },
  };
  for (const [name, environment] of Object.entries(wrong)) {
    it(`stop the start with a sentence that names ${name} when it is wrong`, () => {
      expect(() => readConfig(environment)).to.throw(
        ConfigError,
        new RegExp(`^${name} is not usable: .{10,}`, 'u'),
      );
    });
  }

  const addresses = [
    'mongodb://one:27017,two:27017,three:27017/habeas?replicaSet=rs0',
    'mongodb://user:secret%40@one,two/?replicaSet=rs0&tls=true',
    'mongodb+srv://user:secret@cluster.example.net/habeas',
    'mongodb://%2Frun%2Fmongodb.sock',
  ];
  for (const MONGODB_URI of addresses) {
    it(`take the address ${MONGODB_URI}`, () => {
      expect(readConfig({ MONGODB_URI, HABEAS_KEY: key }).mongodbUri).to.equal(MONGODB_URI);
    });
  }

  it('demand a key with a database that many nodes share', () => {
    const MONGODB_URI = 'mongodb://db/habeas';
    expect(() => readConfig({ MONGODB_URI })).to.throw(ConfigError, 'HABEAS_KEY is missing');
    expect(readConfig({ MONGODB_URI, HABEAS_KEY: key }).key?.length).to.equal(32);
  });
});
