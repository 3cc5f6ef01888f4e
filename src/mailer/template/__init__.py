"""
Sandboxed Jinja: environments, limits and safe expressions.

Knows nothing of issues or recipients. `source.Source` is a template and the place it came from,
`sandbox.Sandbox` the sandbox, `render.render_source` the way to run one template, `loader.jailed_loader`
what `{% include %}` may read, `expression.compile_expression` an expression such as `--where` takes.
"""
