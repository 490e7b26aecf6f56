fn main() -> anyhow::Result<()> {
    let (page, links) = book::make()?;
    println!("book: {}, {links} links followed", page.display());
    Ok(())
}
