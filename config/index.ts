import path from 'node:path';
import Joi from 'joi';
import { isLoopback } from './loopback.ts';

/** The settings of this installation: read once from the environment, checked, frozen. */
export interface Config {
  readonly env: 'development' | 'production' | 'test';
  /** Address to listen on: loopback alone while `publicUrl` is, so that nobody else reaches the outbox. */
  readonly host: string;
  readonly port: number;
  /** Port of the demo website, or null when it is not served. */
  readonly demoPort: number | null;
  /** Folder of the embedded database. */
  readonly dataDir: string;
  /** Key that wraps every data key; given in the environment, or read from `keyFile`. */
  readonly key: Buffer | null;
  /** Where the installation key lies when it is not in the environment: beside the data, never in it. */
  readonly keyFile: string;
  /** Connection string of a MongoDB replica set; null means the embedded engine. */
  readonly mongodbUri: string | null;
  /** SMTP server; null means that mail waits in the outbox. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Origin under which people reach this installation, without a trailing slash. */
  readonly publicUrl: string;
  /** Number of proxies in front of us that set `X-Forwarded-*` (Express "trust proxy"). */
  readonly trustProxy: number;
  /** Header in which a trusted proxy names the visitor's country or region (`DE`, `US-CA`). */
  readonly regionHeader: string | null;
  /** MaxMind DB file that tells country and subdivision by address; null for none. */
  readonly geoipFile: string | null;
  /** Host and port of a clamd that looks at what people upload; null when nothing does. */
  readonly virusScanner: string | null;
  /** Chromium that the scanner of sites drives; null for one in a usual place. */
  readonly browserPath: string | null;
  readonly logLevel: string;
  /** Port on which mail for the organisations is taken in; null while it is not. */
  readonly inboundPort: number | null;
  /** Address to listen on for that mail. */
  readonly inboundHost: string;
  /** Files of certificate and private key that STARTTLS offers; null for none. */
  readonly inboundTls: { readonly certFile: string; readonly keyFile: string } | null;
}

interface Variable {
  schema: Joi.Schema;
  /** What a person should write instead. */
  hint: string;
}

const port = Joi.number().integer().min(1).max(65535);
const url = (...scheme: string[]) => Joi.string().uri({ scheme });

const variables = {
  NODE_ENV: {
    schema: Joi.string().valid('development', 'production', 'test').default('development'),
    hint: 'use development or production',
  },
  HOST: {
    schema: Joi.string().ip().allow('localhost'),
    hint: 'use an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all',
  },
  PORT: { schema: port.default(8080), hint: 'use a free port between 1 and 65535, such as 8080' },
  DEMO_PORT: {
    schema: Joi.alternatives(port, Joi.valid('off')),
    hint: 'use a free port between 1 and 65535, or off',
  },
  HABEAS_DATA_DIR: {
    schema: Joi.string().trim().min(1).default('data'),
    hint: 'name a folder that this user may write to, such as ./data',
  },
  HABEAS_KEY: {
    schema: Joi.string().base64().length(44),
    hint: 'give 32 random bytes in base64 (44 signs), as printed by: openssl rand -base64 32',
  },
  HABEAS_KEY_FILE: {
    schema: Joi.string().trim().min(1),
    hint: 'name a file outside the data folder',
  },
  MONGODB_URI: {
    // No URI in the sense of RFC 3986: it may name several hosts, each with a port.
    schema: Joi.string().pattern(/^mongodb(?:\+srv)?:\/\/[^\s/?]+(?:[/?]\S*)?$/u),
    hint: 'use a connection string such as mongodb://host:27017/habeas?replicaSet=rs0',
  },
  SMTP_URL: {
    schema: url('smtp', 'smtps'),
    hint: 'use smtp://user:password@host:587 or smtps://user:password@host:465',
  },
  MAIL_FROM: {
    schema: Joi.string().trim().min(3).max(200).default('Privacy office <privacy@localhost>'),
    hint: 'use a sender such as: Privacy office <privacy@example.org>',
  },
  PUBLIC_URL: {
    schema: url('http', 'https').pattern(/^https?:\/\/[^/]+\/?$/u),
    hint: 'use the origin that people type, such as https://privacy.example.org, without a path',
  },
  TRUST_PROXY: {
    schema: Joi.number().integer().min(0).max(10).default(0),
    hint: 'use the number of proxies in front of this server, 0 when there is none',
  },
  REGION_HEADER: {
    schema: Joi.string()
      .lowercase()
      .pattern(/^[a-z0-9-]+$/u),
    hint: 'name the header that your proxy sets, such as CF-IPCountry',
  },
  GEOIP_FILE: {
    schema: Joi.string()
      .trim()
      .pattern(/\.mmdb$/u),
    hint: 'name a file in the MaxMind DB format (.mmdb) with countries and subdivisions',
  },
  VIRUS_SCANNER: {
    schema: Joi.string().pattern(/^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/iu),
    hint: 'use host and port of clamd, such as 127.0.0.1:3310',
  },
  CHROME_PATH: {
    schema: Joi.string(),
    hint: 'name the file of a Chromium, such as /usr/bin/chromium',
  },
  INBOUND_SMTP_PORT: {
    schema: port,
    hint: 'use a free port between 1 and 65535 to take mail in, such as 2525, or leave it out',
  },
  INBOUND_HOST: {
    schema: Joi.string().ip().default('127.0.0.1'),
    hint: 'use an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all',
  },
  INBOUND_TLS_CERT: {
    schema: Joi.string().trim().min(1),
    hint: 'name the file with the certificate chain (PEM), together with INBOUND_TLS_KEY',
  },
  INBOUND_TLS_KEY: {
    schema: Joi.string().trim().min(1),
    hint: 'name the file with the private key (PEM), together with INBOUND_TLS_CERT',
  },
  LOG_LEVEL: {
    schema: Joi.string().valid('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    hint: 'use fatal, error, warn, info, debug, trace or silent',
  },
} satisfies Record<string, Variable>;

type Settings = Record<keyof typeof variables, string | number | undefined>;

/** A setting that stops the start. The message names it and says how to mend it. */
export class ConfigError extends Error {}

function check(environment: NodeJS.ProcessEnv): Settings {
  const settings: Partial<Settings> = {};
  for (const [name, { schema, hint }] of Object.entries(variables)) {
    const given = environment[name];
    const checked = (schema as Joi.Schema<string | number | undefined>).validate(
      given === '' ? undefined : given,
    );
    if (checked.error) throw new ConfigError(`${name} is not usable: ${hint}.`);
    settings[name as keyof Settings] = checked.value;
  }
  return settings as Settings;
}

/**
 * Reads the settings from an environment.
 * @throws ConfigError naming the variable that is wrong and how to mend it.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = check(environment);
  const port = given.PORT as number;
  const env = given.NODE_ENV as Config['env'];
  const dataDir = path.resolve(given.HABEAS_DATA_DIR as string);
  const keyFile = path.resolve((given.HABEAS_KEY_FILE as string | undefined) ?? `${dataDir}.key`);
  if (keyFile.startsWith(dataDir + path.sep)) {
    throw new ConfigError(
      'HABEAS_KEY_FILE is not usable: the key must lie outside the data folder, or a stolen folder can be read.',
    );
  }
  if (given.MONGODB_URI !== undefined && given.HABEAS_KEY === undefined) {
    throw new ConfigError(
      'HABEAS_KEY is missing: with MONGODB_URI every node needs the same key; make one with: openssl rand -base64 32.',
    );
  }
  const demoPort = given.DEMO_PORT ?? (env === 'production' ? 'off' : Math.min(port + 1, 65535));
  if (demoPort === port) {
    throw new ConfigError('DEMO_PORT is not usable: it must differ from PORT, or be off.');
  }
  const { INBOUND_TLS_CERT: certFile, INBOUND_TLS_KEY: keyFileOfTls } = given;
  if ((certFile === undefined) !== (keyFileOfTls === undefined)) {
    throw new ConfigError(
      'INBOUND_TLS_CERT is not usable: certificate and key (INBOUND_TLS_KEY) belong together.',
    );
  }
  const publicUrl = (
    (given.PUBLIC_URL as string | undefined) ?? `http://localhost:${port}`
  ).replace(/\/$/u, '');
  return Object.freeze({
    env,
    host:
      (given.HOST as string | undefined) ??
      (isLoopback(new URL(publicUrl).hostname) ? '127.0.0.1' : '::'),
    port,
    demoPort: demoPort === 'off' ? null : (demoPort as number),
    dataDir,
    key: given.HABEAS_KEY === undefined ? null : Buffer.from(String(given.HABEAS_KEY), 'base64'),
    keyFile,
    mongodbUri: (given.MONGODB_URI as string | undefined) ?? null,
    smtpUrl: (given.SMTP_URL as string | undefined) ?? null,
    mailFrom: given.MAIL_FROM as string,
    publicUrl,
    trustProxy: given.TRUST_PROXY as number,
    regionHeader: (given.REGION_HEADER as string | undefined) ?? null,
    geoipFile: given.GEOIP_FILE === undefined ? null : path.resolve(String(given.GEOIP_FILE)),
    virusScanner: (given.VIRUS_SCANNER as string | undefined) ?? null,
    browserPath: (given.CHROME_PATH as string | undefined) ?? null,
    inboundPort: (given.INBOUND_SMTP_PORT as number | undefined) ?? null,
    inboundHost: given.INBOUND_HOST as string,
    inboundTls:
      certFile === undefined ? null : { certFile: String(certFile), keyFile: String(keyFileOfTls) },
    // At a desk the addresses that `npm start` prints are enough.
    logLevel: (given.LOG_LEVEL as string | undefined) ?? (env === 'production' ? 'info' : 'warn'),
  });
}

function readOrStop(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Habeas cannot start. ${error.message}\n`);
    return process.exit(78);
  }
}

export const config = readOrStop();
