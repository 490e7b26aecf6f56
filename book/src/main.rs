//! Makes the book, and follows its links if this machine can have lychee.

fn main() -> anyhow::Result<()> {
    let book = book::make()?;
    let links = match setup::lychee() {
        Ok(lychee) => format!("{} links followed", book::follow(&lychee, &book.pages)?),
        Err(why) => format!("its links were not followed: {why}"),
    };
    println!("book: {}, {links}", book.first_page.display());
    Ok(())
}
