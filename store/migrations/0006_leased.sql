-- The deliveries on the wire by chat: each that ends asks whether its chat has another.
DROP INDEX deliveries_leased;
CREATE INDEX deliveries_on_wire ON deliveries (chat_id) WHERE state = 'leased';
