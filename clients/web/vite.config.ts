import { defineConfig, type Plugin } from 'vite';

/**
 * What the built page may load: its own files. It may connect to any node,
 * because its user chooses one. Vite's development server needs more.
 */
const POLICY = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    'connect-src http: https:',
    "base-uri 'none'",
    "form-action 'none'",
].join('; ');

const policy: Plugin = {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
        {
            tag: 'meta',
            attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
            injectTo: 'head-prepend',
        },
    ],
};

export default defineConfig({
    plugins: [policy],
    // The page can lie in any directory of a server.
    base: './',
    // One copy of kit: the linked client has its own beside it.
    resolve: { preserveSymlinks: true, dedupe: ['@solana/kit'] },
    build: { target: 'es2022', sourcemap: true, modulePreload: { polyfill: false } },
    server: { host: '127.0.0.1' },
    // No other page may put this one into a frame and guide the user's clicks.
    preview: { host: '127.0.0.1', headers: { 'X-Frame-Options': 'DENY' } },
});
