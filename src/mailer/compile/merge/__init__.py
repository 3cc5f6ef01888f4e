"""
Merge fields: opened at compile time, filled per recipient.

Per-recipient names are `recipient`, `unsubscribe_url` and `view_url`. Tags that use them wait: while an issue
is compiled a marker (see `mailer.compile.marker`) stands for each; at the end the markers become tags again.
The stages of a compile use it like this:

    source = Source(issue.body, issue.path, issue.body_line, IssueError)
    content = render_issue(source, values, salt=choose_salt(source.text))    # Jinja -> Markdown with markers
    settled = settle(polish(to_html(content.text)), content.tags)            # markers in text -> comments
    fragment = inline(settled.html)
    salt = choose_salt(*layout.templates.values(), content.text)             # never that of the content
    page = render_layout(sources, layout.entry, values, salt=salt)           # Jinja -> MJML with markers
    html = splice(to_page(page.text), fragment)
    html = restore(html, {**settled.tags, **page.tags})                      # markers -> Jinja
    text = restore_text(to_text(settled.html), settled.tags)
    subject = restore_text(render_issue(subject_source, values, …).text, …)
    fields = content.fields + page.fields + …

A value made by one template and put into another (`{{ preheader }}` in the layout) may hold markers.
`restore` and `restore_text` give sources for `compile_send_template`.
"""
