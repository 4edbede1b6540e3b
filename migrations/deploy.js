/**
 * The compiled form of deploy.ts (`npm run build`), for Node before 22.18 and for
 * `anchor migrate`, which takes a deploy.js where the root has no tsconfig.json.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import anchorMigrate, { main } from './dist/deploy.js';

export { anchorMigrate as default, anchorMigrate as 'module.exports' };

const [, script] = process.argv;
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
    void main(process.argv.slice(2));
}
