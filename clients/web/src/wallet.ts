/** Wallets of the Wallet Standard, and one of their accounts as a signer. */
import {
    address,
    assertIsTransactionWithinSizeLimit,
    getTransactionDecoder,
    getTransactionEncoder,
    type Transaction,
    type TransactionModifyingSigner,
    type TransactionWithLifetime,
} from '@solana/kit';
import type { SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { getWallets } from '@wallet-standard/app';
import type { IdentifierString, Wallet, WalletAccount } from '@wallet-standard/base';
import type {
    StandardConnectFeature,
    StandardDisconnectFeature,
    StandardEventsFeature,
} from '@wallet-standard/features';
import { messageOf, PageError } from './problem.js';

const SIGN = 'solana:signTransaction';
const CONNECT = 'standard:connect';

type Usable = StandardConnectFeature &
    SolanaSignTransactionFeature &
    Partial<StandardDisconnectFeature & StandardEventsFeature>;

/** A wallet that signs transactions of Solana without sending them itself. */
export type UsableWallet = Wallet & { readonly features: Usable };

/** An account that signs. */
export interface Connection {
    readonly wallet: UsableWallet;
    readonly account: WalletAccount;
}

function isUsable(wallet: Wallet): wallet is UsableWallet {
    const onSolana = wallet.chains.some((chain) => chain.startsWith('solana:'));
    return onSolana && SIGN in wallet.features && CONNECT in wallet.features;
}

/** The wallets that the page can use; `changed` is called when one comes or goes. */
export class Wallets {
    private readonly all = getWallets();

    constructor(changed: () => void) {
        this.all.on('register', changed);
        this.all.on('unregister', changed);
    }

    /** Those that there are now. */
    get usable(): readonly UsableWallet[] {
        return this.all.get().filter(isUsable);
    }
}

function signingAccount(accounts: readonly WalletAccount[]): WalletAccount | undefined {
    return accounts.find(({ features }) => features.includes(SIGN));
}

/** Asks a wallet for an account. Throws a {@link PageError} if it gives none. */
export async function connect(wallet: UsableWallet): Promise<Connection> {
    let accounts: readonly WalletAccount[];
    try {
        ({ accounts } = await wallet.features[CONNECT].connect());
    } catch (error) {
        throw new PageError(`${wallet.name} did not connect`, messageOf(error));
    }
    const account = signingAccount(accounts);
    if (account) return { wallet, account };
    throw new PageError(
        `${wallet.name} gave no account that can sign`,
        'Choose an account of Solana in the wallet and connect again.',
    );
}

/** Tells the wallet that the page has done with it. */
export async function disconnect({ wallet }: Connection): Promise<void> {
    await wallet.features['standard:disconnect']?.disconnect();
}

/** Calls `changed` when the wallet offers another account, or none; returns how to stop that. */
export function watch(
    { wallet }: Connection,
    changed: (now: Connection | undefined) => void,
): () => void {
    const listen = wallet.features['standard:events']?.on('change', ({ accounts }) => {
        if (!accounts) return;
        const account = signingAccount(accounts);
        changed(account && { wallet, account });
    });
    return listen ?? (() => undefined);
}

type Signed = Awaited<ReturnType<TransactionModifyingSigner['modifyAndSignTransactions']>>[number];

/**
 * The account as kit takes it. `asked` is called before the wallet is asked, and
 * `signed` when it has signed.
 */
export function signerOf(
    { wallet, account }: Connection,
    chain: IdentifierString,
    on: { readonly asked: () => void; readonly signed: () => void },
): TransactionModifyingSigner {
    const signOne = async (
        transaction: Transaction | (Transaction & TransactionWithLifetime),
    ): Promise<Signed> => {
        if (!('lifetimeConstraint' in transaction)) {
            throw new PageError('The transaction cannot be signed', 'It has no lifetime.');
        }
        const bytes = new Uint8Array(getTransactionEncoder().encode(transaction));
        const output = await ask(wallet, { account, chain, transaction: bytes });
        const decoded = getTransactionDecoder().decode(output);
        if (!decoded.signatures[address(account.address)]) {
            const detail = 'It gave the transaction back without a signature. Nothing was sent.';
            throw new PageError(`${wallet.name} did not sign`, detail);
        }
        assertIsTransactionWithinSizeLimit(decoded);
        return Object.freeze({ ...decoded, lifetimeConstraint: transaction.lifetimeConstraint });
    };
    return {
        address: address(account.address),
        modifyAndSignTransactions: async (transactions) => {
            on.asked();
            const signed: Signed[] = [];
            for (const transaction of transactions) signed.push(await signOne(transaction));
            on.signed();
            return signed;
        },
    };
}

async function ask(
    wallet: UsableWallet,
    input: { account: WalletAccount; chain: IdentifierString; transaction: Uint8Array },
): Promise<Uint8Array> {
    try {
        const [output] = await wallet.features[SIGN].signTransaction(input);
        if (output) return output.signedTransaction;
    } catch (error) {
        const detail = `${messageOf(error)}. Nothing was sent.`;
        throw new PageError(`${wallet.name} did not sign`, detail);
    }
    throw new PageError(`${wallet.name} did not sign`, 'It gave no answer. Nothing was sent.');
}
