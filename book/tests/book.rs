//! The book of `docs/`.

#[test]
fn the_book_has_every_page_and_every_link_leads_somewhere() {
    let (page, links) = book::make().unwrap();
    assert!(page.exists());
    assert!(links > 500, "{links}");
}
