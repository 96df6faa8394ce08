# Reads a JSON list of Markdown texts and writes the list of their HTML, rendered as Jekyll does by default.
require 'json'
require 'kramdown'
require 'kramdown-parser-gfm'

options = { input: 'GFM', auto_ids: true, hard_wrap: false, syntax_highlighter: nil }
puts JSON.generate(JSON.parse($stdin.read).map { |text| Kramdown::Document.new(text, options).to_html })
