export default {
  // Pages become strings of the program.
  moduleTypes: { '.html': 'text' },
  // These are imports of the component.
  external: /^(envoi|wasi):/,
};
