export default {
  // The pages become strings of the program.
  moduleTypes: { '.html': 'text' },
  // Those are imports of the component.
  external: /^(envoi|wasi):/,
};
