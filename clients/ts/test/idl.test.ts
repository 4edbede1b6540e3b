/** The interface description in both loaders of JavaScript: every account and event reads the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BorshCoder, convertIdlToCamelCase, type Idl } from '@anchor-lang/core';
import { rootNodeFromAnchor } from '@codama/nodes-from-anchor';
import { decodeEvent } from '@backstop/client';
import {
    EVENTS,
    getBankCodec,
    getMarketCodec,
    getObligationCodec,
    REFUSALS,
} from '@backstop/client/generated';
import { plain } from './support/plain.js';

interface Documented {
    readonly name: string;
    readonly docs?: readonly string[];
}

interface Description {
    readonly instructions: readonly (Documented & {
        readonly accounts: readonly Documented[];
    })[];
    readonly accounts: readonly (Documented & { readonly discriminator: number[] })[];
    readonly events: readonly (Documented & { readonly discriminator: number[] })[];
    readonly errors: readonly {
        readonly code: number;
        readonly name: string;
        readonly msg: string;
    }[];
    readonly types: readonly (Documented & {
        readonly type: {
            readonly fields?: readonly (Documented & {
                readonly type?: { readonly defined?: { readonly name: string } };
            })[];
            readonly variants?: readonly Documented[];
        };
    })[];
}

const path = new URL('../../../idl/backstop.json', import.meta.url);
const text = readFileSync(path, 'utf8');
const idl = JSON.parse(text) as Description;
const coder = new BorshCoder(convertIdlToCamelCase(JSON.parse(text) as Idl));

const ACCOUNTS = {
    bank: getBankCodec(),
    market: getMarketCodec(),
    obligation: getObligationCodec(),
};

/** Bytes that differ from their neighbours, behind a discriminator. */
function numbered(discriminator: readonly number[], bytes: number): Uint8Array {
    const data = Uint8Array.from({ length: bytes }, (_, at) => (at * 7 + 1) % 256);
    data.set(discriminator);
    return data;
}

test('every instruction, account, field, event and error says what it is', () => {
    const silent: string[] = [];
    const listen = (where: string, { name, docs }: Documented): void => {
        if (!docs?.some((line) => line.length > 0)) silent.push(`${where}${name}`);
    };
    for (const instruction of idl.instructions) {
        listen('', instruction);
        instruction.accounts
            .filter(({ name }) => !['event_authority', 'program'].includes(name))
            .forEach((account) => listen(`${instruction.name}.`, account));
    }
    for (const type of idl.types) {
        listen('', type);
        // Anchor's form has no place for the words about a variant of an enum.
        (type.type.fields ?? []).forEach((field) => listen(`${type.name}.`, field));
    }
    assert.deepEqual(silent, []);
    assert.ok(idl.errors.every(({ msg }) => msg.length > 0));
});

test('both loaders see the same instructions, accounts, events and errors', () => {
    const { program } = rootNodeFromAnchor(
        JSON.parse(text) as Parameters<typeof rootNodeFromAnchor>[0],
    );
    assert.equal(program.instructions?.length, 32);
    assert.equal(idl.instructions.length, 32);
    assert.equal(program.accounts?.length, idl.accounts.length);
    assert.equal(program.events?.length, idl.events.length);
    assert.equal(program.errors?.length, idl.errors.length);
    assert.deepEqual(
        Object.entries(REFUSALS).map(([code, { name, message }]) => ({
            code: Number(code),
            name,
            msg: message,
        })),
        idl.errors,
    );
});

for (const { name, discriminator } of idl.accounts) {
    test(`an account ${name} reads the same through Anchor and Codama`, () => {
        const codec = ACCOUNTS[name.toLowerCase() as keyof typeof ACCOUNTS];
        const data = numbered(discriminator, codec.fixedSize);
        const { discriminator: kind, ...fields } = codec.decode(data);
        assert.deepEqual([...kind], discriminator);
        assert.deepEqual(Buffer.from(codec.encode({ ...fields } as never)), Buffer.from(data));
        const read: unknown = coder.accounts.decode(name.toLowerCase(), Buffer.from(data));
        assert.deepEqual(plain(read), plain(fields));
    });
}

/** Bytes of events that not every number fits: where, and one that does. */
const NARROW: Readonly<Record<string, readonly (readonly [at: number, value: number])[]>> = {
    DeficitSocialised: [
        [8 + 8 + 32 + 32 + 24, 3],
        [8 + 8 + 32 + 32 + 24 + 1, 1],
    ],
    ConfigChanged: [[32 + 32, 2]],
    PauseChanged: [[32, 1]],
};

/** Anchor's `{ variant: {} }` as the variant's number. */
function numberedVariants(event: string, data: unknown): unknown {
    const fields = { ...(data as Record<string, unknown>) };
    for (const { name, type } of idl.types.find((one) => one.name === event)?.type.fields ?? []) {
        const defined = idl.types.find((one) => one.name === type?.defined?.name);
        const variants = defined?.type.variants;
        if (!variants) continue;
        const [variant] = Object.keys(fields[name] as object);
        fields[name] = variants.findIndex(
            (each) => each.name.toLowerCase() === variant?.toLowerCase(),
        );
    }
    return fields;
}

for (const { name, discriminator, decoder } of EVENTS) {
    test(`an event ${name} reads the same through Anchor and Codama`, () => {
        const data = numbered(discriminator, discriminator.length + decoder().fixedSize);
        // A boolean is one bit, and an enum has so many variants.
        for (const [at, value] of NARROW[name] ?? []) data[8 + at] = value;
        const read = coder.events.decode(Buffer.from(data).toString('base64'));
        assert.equal(read?.name, name[0]!.toLowerCase() + name.slice(1));
        const own = decodeEvent(data);
        assert.equal(own?.name, name);
        assert.deepEqual(plain(numberedVariants(name, read?.data)), plain(own?.data));
    });
}

test('bytes that are no event, or too few, are none', () => {
    const [first] = EVENTS;
    assert.equal(decodeEvent(numbered([0, 0, 0, 0, 0, 0, 0, 0], 200)), undefined);
    assert.equal(decodeEvent(numbered(first.discriminator, 20)), undefined);
    assert.equal(decodeEvent(new Uint8Array(3)), undefined);
});
