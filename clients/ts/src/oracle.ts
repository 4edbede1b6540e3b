/** Price accounts: where they are, what they say, and how they are written on chains of one's own. */
import {
    type Address,
    type EncodedAccount,
    fixDecoderSize,
    getAddressDecoder,
    getBytesDecoder,
    getBytesEncoder,
    getI32Decoder,
    getI32Encoder,
    getI64Decoder,
    getI64Encoder,
    getProgramDerivedAddress,
    getStructDecoder,
    getStructEncoder,
    getU16Encoder,
    getU64Decoder,
    getU64Encoder,
    getU8Decoder,
    getU8Encoder,
    fixEncoderSize,
    type ReadonlyUint8Array,
} from '@solana/kit';
import type { Observation } from './engine/price.js';

/** Receiver program of Pyth Core. */
export const PYTH_CORE =
    'rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ' as Address<'rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ'>;
/** Receiver program of Pyth Core-Compatible. */
export const PYTH_CORE_COMPATIBLE =
    'rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp' as Address<'rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp'>;

const PUSH_CORE = 'pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT' as Address;
const PUSH_COMPATIBLE = 'pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou' as Address;

const DISCRIMINATOR = new Uint8Array([34, 241, 35, 99, 157, 126, 244, 205]);
const PRICE_ACCOUNT_BYTES = 134;
const FULLY_VERIFIED = 1;

/** What a price account says. */
export interface PriceUpdate {
    /** Which feed. */
    readonly feedId: ReadonlyUint8Array;
    /** The numbers. */
    readonly observation: Observation;
}

/**
 * Which account carries the price of a feed, by the feed's id in hexadecimal. A
 * feed that is not in it is read from its sponsored account.
 */
export type OracleMap = ReadonlyMap<string, Address>;

/** A feed's id in hexadecimal. */
export function feedKey(feedId: ReadonlyUint8Array): string {
    return Array.from(feedId, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A feed's id of its hexadecimal text, with or without `0x`. Throws a `RangeError`. */
export function feedIdOf(text: string): Uint8Array {
    const hex = text.replace(/^0x/, '');
    if (!/^[0-9a-f]{64}$/i.test(hex)) throw new RangeError(`"${text}" is no feed id`);
    return Uint8Array.from({ length: 32 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/** The address at which Pyth's sponsors keep a feed up to date. */
export async function pushFeedAddress(
    receiver: Address,
    feedId: ReadonlyUint8Array,
    shard = 0,
): Promise<Address> {
    const programAddress = receiver === PYTH_CORE_COMPATIBLE ? PUSH_COMPATIBLE : PUSH_CORE;
    const seeds = [getU16Encoder().encode(shard), feedId];
    const [address] = await getProgramDerivedAddress({ programAddress, seeds });
    return address;
}

/** The account to read a feed from. */
export async function oracleAccount(
    oracles: OracleMap,
    receiver: Address,
    feedId: ReadonlyUint8Array,
): Promise<Address> {
    return oracles.get(feedKey(feedId)) ?? (await pushFeedAddress(receiver, feedId));
}

const decoder = getStructDecoder([
    ['discriminator', fixDecoderSize(getBytesDecoder(), 8)],
    ['writeAuthority', getAddressDecoder()],
    ['verification', getU8Decoder()],
    ['feedId', fixDecoderSize(getBytesDecoder(), 32)],
    ['price', getI64Decoder()],
    ['conf', getU64Decoder()],
    ['exponent', getI32Decoder()],
    ['published', getI64Decoder()],
    ['publishedBefore', getI64Decoder()],
    ['ema', getI64Decoder()],
]);

/**
 * Reads a price account the way the program does; nothing for another owner,
 * another feed, an update that is not fully verified, or other bytes.
 */
export function readPriceUpdate(
    account: Pick<EncodedAccount, 'data' | 'programAddress'>,
    receiver: Address,
    feedId: ReadonlyUint8Array,
): PriceUpdate | undefined {
    if (account.programAddress !== receiver || account.data.length < decoder.fixedSize) {
        return undefined;
    }
    const update = decoder.decode(account.data);
    if (feedKey(update.discriminator) !== feedKey(DISCRIMINATOR)) return undefined;
    if (update.verification !== FULLY_VERIFIED) return undefined;
    if (feedKey(update.feedId) !== feedKey(feedId)) return undefined;
    const { price, conf, ema, exponent, published } = update;
    return { feedId: update.feedId, observation: { price, conf, ema, exponent, published } };
}

/** The bytes of a fully verified price account, for chains that have no oracle. */
export function encodePriceUpdate(update: PriceUpdate): Uint8Array {
    const { price, conf, ema, exponent, published } = update.observation;
    const encoder = getStructEncoder([
        ['discriminator', fixEncoderSize(getBytesEncoder(), 8)],
        ['writeAuthority', fixEncoderSize(getBytesEncoder(), 32)],
        ['verification', getU8Encoder()],
        ['feedId', fixEncoderSize(getBytesEncoder(), 32)],
        ['price', getI64Encoder()],
        ['conf', getU64Encoder()],
        ['exponent', getI32Encoder()],
        ['published', getI64Encoder()],
        ['publishedBefore', getI64Encoder()],
        ['ema', getI64Encoder()],
        ['emaConf', getU64Encoder()],
    ]);
    const bytes = encoder.encode({
        discriminator: DISCRIMINATOR,
        writeAuthority: new Uint8Array(32),
        verification: FULLY_VERIFIED,
        feedId: update.feedId,
        price,
        conf,
        exponent,
        published,
        publishedBefore: published,
        ema,
        emaConf: conf,
    });
    const data = new Uint8Array(PRICE_ACCOUNT_BYTES);
    data.set(bytes);
    return data;
}
