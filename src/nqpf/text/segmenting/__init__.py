"""From clean text to articles: titles, authors, headings, paragraphs, diagrams; with reasons, and open to correction."""
