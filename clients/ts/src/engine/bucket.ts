/** One kind of limit for everything that leaves the protocol: a leaky bucket. */
import type { BucketState } from '../generated/index.js';
import { divDown, divUp, min, saturatingSub, since, toU64, U64_MAX } from './math.js';

/** Level of a bucket when it was last filled. */
export type Bucket = BucketState;

/** Size of a bucket, and the time in which a full one runs dry. */
export interface Limit {
    /** Most that fits. */
    readonly capacity: bigint;
    /** Seconds in which it leaks away. */
    readonly windowSecs: number;
}

function leakedDown(limit: Limit, elapsed: bigint): bigint {
    return min(divDown(limit.capacity * elapsed, BigInt(limit.windowSecs)), U64_MAX);
}

function leakedUp(limit: Limit, elapsed: bigint): bigint {
    return min(divUp(limit.capacity * elapsed, BigInt(limit.windowSecs)), U64_MAX);
}

/** Level at `now`, rounded up. Throws `TimeWentBack`. */
export function levelUp(bucket: Bucket, limit: Limit, now: bigint): bigint {
    return saturatingSub(bucket.level, leakedDown(limit, since(now, bucket.filledAt)));
}

/** What still fits at `now`, rounded down. Throws `TimeWentBack`. */
export function roomDown(bucket: Bucket, limit: Limit, now: bigint): bigint {
    return saturatingSub(limit.capacity, levelUp(bucket, limit, now));
}

/** The bucket after `amount` more went in. Throws `TimeWentBack`, `Overflow`. */
export function fillBucket(bucket: Bucket, limit: Limit, amount: bigint, now: bigint): Bucket {
    if (amount === 0n) return bucket;
    return { level: toU64(levelUp(bucket, limit, now) + amount), filledAt: now };
}

/** The bucket after `amount` that went in at `filled` came back unused. Throws `TimeWentBack`. */
export function giveBack(
    bucket: Bucket,
    limit: Limit,
    amount: bigint,
    filled: bigint,
    now: bigint,
): Bucket {
    const left = saturatingSub(amount, leakedUp(limit, since(now, filled)));
    if (left === 0n) return bucket;
    return { level: saturatingSub(levelUp(bucket, limit, now), left), filledAt: now };
}
