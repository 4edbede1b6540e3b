/** What the examples share: arguments, keypair files, waiting. */
import { readFileSync } from 'node:fs';
import {
    type Address,
    address,
    createKeyPairSignerFromBytes,
    type KeyPairSigner,
} from '@solana/kit';

/** The arguments of the command, one after the other. */
export class Arguments {
    private at = 2;

    /** The next one; says what is missing where there is none. */
    next(name: string): string {
        const value = this.optional();
        if (value === undefined) throw new Error(`${name} is missing`);
        return value;
    }

    /** The next one, if there is one. */
    optional(): string | undefined {
        const value = process.argv[this.at];
        this.at += 1;
        return value;
    }

    /** The next one as an address. */
    address(name: string): Address {
        return address(this.next(name));
    }

    /** The next one as a keypair file, as the Solana CLI writes them. */
    async signer(): Promise<KeyPairSigner> {
        const bytes: unknown = JSON.parse(readFileSync(this.next('KEYPAIR'), 'utf8'));
        return createKeyPairSignerFromBytes(Uint8Array.from(bytes as number[]));
    }
}

/** Runs `round` every `secs` seconds; once for 0 seconds. A round that fails is reported, and the next one comes. */
export async function every(secs: number, round: () => Promise<void>): Promise<void> {
    if (secs === 0) return round();
    for (;;) {
        await round().catch((error: unknown) => console.error(String(error)));
        await new Promise((resolve) => setTimeout(resolve, secs * 1_000));
    }
}
