/** Where things are in this repository, from the sources and from their compiled form. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function repository(): string {
    let directory = dirname(fileURLToPath(import.meta.url));
    while (!existsSync(join(directory, 'Anchor.toml'))) {
        const parent = dirname(directory);
        if (parent === directory) throw new Error('no Anchor.toml above this file');
        directory = parent;
    }
    return directory;
}

/** The program that was built last. */
export function builtProgram(): string {
    return join(repository(), 'target/deploy/backstop.so');
}

/** Where the program declares its id. */
export function programSource(): string {
    return join(repository(), 'programs/backstop/src/lib.rs');
}

/** Where records are kept. */
export function recordsDirectory(): string {
    return join(repository(), 'migrations/records');
}
