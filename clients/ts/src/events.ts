/** What the program said it did, read from a transaction. */
import {
    type Address,
    getBase58Encoder,
    getBase64Encoder,
    type ReadonlyUint8Array,
} from '@solana/kit';
import {
    BACKSTOP_PROGRAM_ADDRESS,
    type BackstopEvent,
    type BackstopEvents,
    EVENTS,
} from './generated/index.js';

/** First bytes of the self-call that carries an event. */
const SELF_CALL = new Uint8Array([0xe4, 0x45, 0xa5, 0x2e, 0x51, 0xcb, 0x9a, 0x1d]);

/** An inner instruction as RPC nodes give it: its data in base 58. */
export interface InnerCall {
    /** Where the program stands among the transaction's accounts. */
    readonly programIdIndex: number;
    /** Its data. */
    readonly data: string;
}

function startsWith(data: ReadonlyUint8Array, prefix: readonly number[] | Uint8Array): boolean {
    return data.length >= prefix.length && prefix.every((byte, at) => data[at] === byte);
}

/** The fields of the events of one name. */
export function eventsNamed<N extends keyof BackstopEvents>(
    events: readonly BackstopEvent[],
    name: N,
): BackstopEvents[N][] {
    const isNamed = (event: BackstopEvent): event is BackstopEvent & { name: N } =>
        event.name === name;
    return events.filter(isNamed).map((event) => event.data as BackstopEvents[N]);
}

/** Reads discriminator and fields of an event; nothing for other bytes. */
export function decodeEvent(data: ReadonlyUint8Array): BackstopEvent | undefined {
    const known = EVENTS.find(({ discriminator }) => startsWith(data, discriminator));
    if (!known) return undefined;
    const fields = known.decoder();
    const body = data.subarray(known.discriminator.length);
    if (body.length < fields.fixedSize) return undefined;
    return { name: known.name, data: fields.decode(body) } as BackstopEvent;
}

/**
 * Loss events: from a transaction's inner instructions, where no log limit can
 * cut them. `accounts` are the transaction's, loaded addresses included.
 */
export function eventsOfInnerCalls(
    accounts: readonly Address[],
    calls: readonly InnerCall[],
): BackstopEvent[] {
    return calls.flatMap((call) => {
        if (accounts[call.programIdIndex] !== BACKSTOP_PROGRAM_ADDRESS) return [];
        const data = getBase58Encoder().encode(call.data);
        if (!startsWith(data, SELF_CALL)) return [];
        const event = decodeEvent(data.subarray(SELF_CALL.length));
        return event ? [event] : [];
    });
}

/**
 * Events of deposits, loans, fees and roles: from a transaction's log. Lines
 * count only while the program itself is running: another program can print the
 * same bytes.
 */
export function eventsOfLogs(logs: readonly string[]): BackstopEvent[] {
    const running: string[] = [];
    const events: BackstopEvent[] = [];
    for (const line of logs) {
        const [first, second, third] = line.split(' ');
        if (first !== 'Program' || second === undefined) continue;
        if (second === 'data:') {
            const event = running.at(-1) === BACKSTOP_PROGRAM_ADDRESS ? eventOf(third) : undefined;
            if (event) events.push(event);
        } else if (second.endsWith(':')) {
            // A program's own words: they can say "invoke" and "success" too.
            continue;
        } else if (third === 'invoke') {
            running.push(second);
        } else if (third === 'success' || third === 'failed:') {
            running.pop();
        }
    }
    return events;
}

function eventOf(base64: string | undefined): BackstopEvent | undefined {
    if (base64 === undefined) return undefined;
    return decodeEvent(getBase64Encoder().encode(base64));
}
