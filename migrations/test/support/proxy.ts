/** A node between a program and the chain, which loses the program at a transaction. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** When the program is lost. */
export type Moment =
    /** Its transaction never reaches the chain. */
    | 'before'
    /** Its transaction lands, and it does not hear of it. */
    | 'after';

/** A proxy that calls `lose` at the nth transaction. */
export interface Proxy {
    readonly url: string;
    readonly close: () => void;
}

async function body(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
}

/** Starts a proxy for a node. */
export async function proxy(
    node: string,
    nth: number,
    moment: Moment,
    lose: () => void,
): Promise<Proxy> {
    const seen = new Set<string>();
    let lost = false;
    const forward = async (text: string): Promise<string> => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(node, { method: 'POST', headers, body: text });
        return answer.text();
    };
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const text = await body(request);
        const { method, params } = JSON.parse(text) as { method: string; params?: [string] };
        // The same transaction is sent again and again until it has landed.
        if (method === 'sendTransaction' && params) seen.add(params[0]);
        if (seen.size >= nth) {
            if (lost) return;
            lost = true;
            if (moment === 'after') await forward(text);
            lose();
            return;
        }
        response.setHeader('content-type', 'application/json');
        response.end(await forward(text));
    };
    const server = createServer((request, response) => {
        answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}`,
        close: () => {
            server.closeAllConnections();
            server.close();
        },
    };
}
