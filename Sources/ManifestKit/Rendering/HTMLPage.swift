/// The frame of every page: self-contained, for light and dark, and wide or narrow.
enum HTMLPage {
    /// A page; the title is plain text, the rest HTML and CSS.
    static func text(title: String, styles: String = "", navigation: String = "", main: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        \(RenderingStyleSheet.text)\(styles)</style>
        </head>
        <body>
        <header><h1>\(HTMLText.escaped(title))</h1>\(navigation)</header>
        <main>
        \(main)</main>
        </body>
        </html>

        """
    }
}
