-- What operators ask for with /dead: few rows among very many.
CREATE INDEX deliveries_dead ON deliveries (done_ms, id) WHERE state = 'dead';
