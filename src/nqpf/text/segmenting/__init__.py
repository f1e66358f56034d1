"""From clean text to articles: titles, authors, headings, paragraphs, diagrams; with reasons, open to correction."""
