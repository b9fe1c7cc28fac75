/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    // Elements are built by DOM calls: no markup string is ever handed to the browser to parse.
    fragments: 'tree',
  },
};
