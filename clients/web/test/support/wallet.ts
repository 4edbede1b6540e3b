/** A wallet of the Wallet Standard, for a page under test. */
import type { SolanaSignTransactionInput } from '@solana/wallet-standard-features';
import type { BrowserContext } from 'playwright-core';

/** What the wallet is made of. */
export interface WalletConfig {
    readonly name: string;
    readonly address: string;
    /** 32 bytes of secret key, 32 bytes of address. */
    readonly keypair: readonly number[];
    /** It signs nothing, and says this. */
    readonly refuses?: string;
}

/** Puts a wallet into every page of a context, before the page's own script runs. */
export async function giveWallet(context: BrowserContext, config: WalletConfig): Promise<void> {
    await context.addInitScript(install, config);
}

/** Runs in the page: it can use nothing but its argument. */
function install({ name, address, keypair, refuses }: WalletConfig): void {
    const head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    const pkcs8 = Uint8Array.from([...head, ...keypair.slice(0, 32)]);
    const icon = `data:image/svg+xml,${encodeURIComponent(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="2" fill="#7a5ea8"/></svg>',
    )}` as const;
    const account = {
        address,
        publicKey: Uint8Array.from(keypair.slice(32)),
        chains: ['solana:localnet'],
        features: ['solana:signTransaction'],
    } as const;
    const signOne = async ({ transaction, chain }: SolanaSignTransactionInput) => {
        if (refuses) throw new Error(refuses);
        if (chain !== 'solana:localnet') throw new Error(`this wallet knows no ${chain}`);
        // One signature, which is the payer's, before the message.
        if (transaction[0] !== 1) throw new Error('more than one signature is wanted');
        const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
        const message = transaction.slice(65);
        const signature = await crypto.subtle.sign('Ed25519', key, message);
        const signed = transaction.slice();
        signed.set(new Uint8Array(signature), 1);
        return { signedTransaction: signed };
    };
    const wallet = {
        version: '1.0.0',
        name,
        icon,
        chains: account.chains,
        accounts: [account],
        features: {
            'standard:connect': {
                version: '1.0.0',
                connect: async () => ({ accounts: [account] }),
            },
            'standard:disconnect': { version: '1.0.0', disconnect: async () => undefined },
            'solana:signTransaction': {
                version: '1.0.0',
                supportedTransactionVersions: ['legacy', 0],
                signTransaction: (...inputs: SolanaSignTransactionInput[]) =>
                    Promise.all(inputs.map(signOne)),
            },
        },
    } as const;
    interface App {
        readonly register: (wallet: object) => void;
    }
    const register = ({ register }: App): void => register(wallet);
    window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
    window.addEventListener('wallet-standard:app-ready', (event) => {
        register((event as CustomEvent<App>).detail);
    });
}
