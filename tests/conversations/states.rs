//! The diagram of the session's states in docs/architecture.md.

use envoi::smtp::transitions::diagram;

#[test]
fn the_diagram_in_the_documentation_is_drawn_from_the_table() {
    let page = include_str!("../../docs/architecture.md");
    let (_, rest) = page.split_once("```mermaid\n").unwrap();
    let (drawn, _) = rest.split_once("```").unwrap();
    assert_eq!(drawn, diagram(), "put this in its place:\n{}", diagram());
}
