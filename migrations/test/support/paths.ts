/** Where things are, from the compiled tests. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled package: what the tests run is what they were compiled with. */
export const COMPILED: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** `migrations/` */
export const PACKAGE: string = resolve(COMPILED, '..');

/** The repository. */
export const REPOSITORY: string = resolve(PACKAGE, '..');

/** What `node` runs. */
export const DEPLOY: string = join(COMPILED, 'deploy.js');
