import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * A browser refuses module scripts and cross-origin styles on a page opened as a file, and the
 * document opens its page that way. So the build is one classic script, and its tags say so.
 */
function openableAsFile(): Plugin {
  return {
    name: 'openable-as-file',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replace('<script type="module" crossorigin', '<script defer').replaceAll(' crossorigin', ''),
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [svelte(), openableAsFile()],
  build: {
    // The server's content security policy allows neither inline code nor inline styles.
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: { output: { format: 'iife' } },
  },
});
