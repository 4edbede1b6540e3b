/** One transaction on the way. */
import type { Address } from '@solana/kit';
import type { BankSettings, MarketSettings } from '../file/fields.ts';

/** When other settings take effect, by the program's own rule. */
export type Effect =
    /** Nobody's risk rises, or nobody is there yet. */
    | { readonly kind: 'at-once' }
    /** Somebody's risk rises: it can be applied from then on (unix secs). */
    | { readonly kind: 'queued'; readonly from: bigint };

/** One transaction on the way. */
export type Step =
    /** The market, and its mint if it creates one. */
    | { readonly kind: 'create-market'; readonly settings: MarketSettings }
    /** Other settings for the market: all of them. */
    | { readonly kind: 'update-market'; readonly settings: MarketSettings; readonly effect: Effect }
    /** A queued change of the market whose time has come. */
    | { readonly kind: 'apply-market-update' }
    /** A queued change of the market that the file does not want. */
    | { readonly kind: 'cancel-market-update' }
    /** A bank, with its first settings: without write-offs, as the program demands. */
    | { readonly kind: 'create-bank'; readonly bank: Address; readonly settings: BankSettings }
    /** Other settings for a bank: all of them. */
    | {
          readonly kind: 'update-bank';
          readonly bank: Address;
          readonly settings: BankSettings;
          readonly effect: Effect;
      }
    /** A queued change of a bank whose time has come. */
    | { readonly kind: 'apply-bank-update'; readonly bank: Address }
    /** A queued change of a bank that the file does not want. */
    | { readonly kind: 'cancel-bank-update'; readonly bank: Address };

/** Whether the admin has to sign it. */
export function needsAdmin({ kind }: Step): boolean {
    return kind !== 'apply-market-update' && kind !== 'apply-bank-update';
}

/** The bank of a step. */
export function bankOf(step: Step): Address | undefined {
    return 'bank' in step ? step.bank : undefined;
}

/** When the settings of a step take effect. */
export function effectOf(step: Step): Effect | undefined {
    return 'effect' in step ? step.effect : undefined;
}
