import { defineConfig } from 'vite';

export default defineConfig({
    // The page can lie in any directory of a server.
    base: './',
    // One copy of kit: the client's, when it is linked, lies beside its own.
    resolve: { preserveSymlinks: true, dedupe: ['@solana/kit'] },
    build: { target: 'es2022', sourcemap: true, modulePreload: { polyfill: false } },
    server: { host: '127.0.0.1' },
    preview: { host: '127.0.0.1' },
});
