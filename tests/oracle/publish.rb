# A plug-in of Jekyll: after a build it writes each page and document with its source, address, title and HTML as JSON,
# but those of which jekyll-redirect-from has made a page that leads elsewhere.
require 'json'

Jekyll::Hooks.register :site, :post_write do |site|
  documents = site.documents.select { |document| document.is_a?(Jekyll::Document) && document.write? }.map do |document|
    [File.join(*[site.config['collections_dir'], document.relative_path].reject(&:empty?)), document]
  end
  pages = site.pages.map { |page| [page.relative_path, page] }
  published = (pages + documents).select do |path, page|
    File.file?(File.join(site.source, path)) && !page.data.key?('redirect')
  end
  File.write(ENV.fetch('PUBLISHED'), JSON.generate(published.map do |path, page|
    { path: path, url: page.url, title: page.data['title'].to_s, html: page.output }
  end))
end
