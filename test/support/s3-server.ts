import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from './free-port.js';

/** The program of PyPI's `moto[server,s3]`. */
const MOTO = process.env['ALBIREO_TEST_MOTO'] ?? 'moto_server';
const START_TIMEOUT_MS = 120_000;

export interface S3Server {
  readonly url: string;
  /** Options of a store in a bucket of it. */
  readonly options: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Why there is no S3 server here, or false: see missingPythonModules. */
export function missingS3Server(): string | false {
  if (spawnSync(MOTO, ['--help'], { stdio: 'ignore' }).status === 0) return false;
  const reason = "needs moto_server of PyPI's moto[server,s3] on the PATH, or in ALBIREO_TEST_MOTO";
  if (process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(reason);
  return reason;
}

/** Starts an S3 server with a memory of its own. */
export async function startS3Server(): Promise<S3Server> {
  const [port = 0] = await freePorts(1);
  const child = spawn(MOTO, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`${MOTO} did not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    options: {
      OS_GLANCE_STORE__S3_STORE_HOST: url,
      OS_GLANCE_STORE__S3_STORE_ACCESS_KEY: 'an-access-key',
      OS_GLANCE_STORE__S3_STORE_SECRET_KEY: 'a-secret-key',
      OS_GLANCE_STORE__S3_STORE_BUCKET: 'images',
      OS_GLANCE_STORE__S3_STORE_CREATE_BUCKET_ON_PUT: 'true',
      OS_GLANCE_STORE__S3_STORE_LARGE_OBJECT_CHUNK_SIZE: '5',
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
