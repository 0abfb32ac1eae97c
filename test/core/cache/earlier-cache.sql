PRAGMA application_id = 1651403620;
PRAGMA user_version = 2;
CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body ANY NOT NULL
  , checksum TEXT) STRICT;
CREATE TABLE total (id INTEGER PRIMARY KEY CHECK (id = 1), bytes INTEGER NOT NULL) STRICT;
CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT) STRICT;
INSERT INTO answers VALUES ('c944101c212bd32dfa3a775542f11e67ec00c5e7cbeaf8331a39030b371c47ec', 'b608c30f8e6b68d8175b6766bf990df7', '/accounts/d6221045-217f-4d32-a2a0-ae9df2090f61/balances/', 200, '{"content-type":"application/json","date":"Wed, 25 Nov 2026 14:43:07 GMT"}', 1795424400000, 1795446000000, 1795424400000, 723, '{"balances":[{"balanceAmount":{"amount":"-1479.18","currency":"EUR"},"balanceType":"interimBooked","referenceDate":"2026-11-23"},{"balanceAmount":{"amount":"-1535.57","currency":"EUR"},"balanceType":"interimAvailable","referenceDate":"2026-11-23"}]}', 'HYpp-00Vta8_yAc_BfrIzr');
INSERT INTO answers VALUES ('7ce8b1e120fac972a9566ec5f2355ab1c57f10cb94712ec73b60b473bc4842c7', 'b608c30f8e6b68d8175b6766bf990df7', '/accounts/d6221045-217f-4d32-a2a0-ae9df2090f61/details/', 200, '{"content-type":"application/json","date":"Wed, 25 Nov 2026 14:43:07 GMT"}', 1795424400000, 1795510800000, 1795424400000, 745, '{"account":{"resourceId":"e9b69085328bbeb35d3b607dd3b3d1ad","iban":"DE14189422855430577004","bban":"189422855430577004","currency":"EUR","ownerName":"Claire Martin","name":"Current Account","product":"Everyday","cashAccountType":"CACC","status":"enabled","usage":"PRIV"}}', 'q6CSNeOr1t1E8FFjP1WGd_');
INSERT INTO total VALUES (1, 1468);
INSERT INTO records VALUES ('507ffe61b8a8e043f70a3a8cb987d3b3b46b4ba5ca8c70039e606bc987f4fc0b', '{"format":1,"balances":{"toldLimit":4,"lowered":null,"own":[1795424400000],"guessed":[],"underWay":[],"closedUntil":null,"lastAt":1795424400000},"details":{"toldLimit":4,"lowered":null,"own":[1795424400000],"guessed":[],"underWay":[],"closedUntil":null,"lastAt":1795424400000}}', '1OeU_ocgMudQGFCs4dE40H');
INSERT INTO records VALUES ('token:1a44223c477074637e79bf76652772f6e3a99109c6a68f240041893c346b5431', '{"format":1,"iv":"jBfaRk84brl3Ufi5","tag":"za55klcum/iI7+py+V87og==","data":"BjaptvwbSgktYeaDRAjQvHAaUe6vwfjxjdMq3yDzlL2N938f9Lk1nkO3iTu1T3bIsmom419gG/toSKTBjZv3bLFg+OKqi8UVUZZMgr4T5Ja+7KJA6jP4y1CIa2TT9F1pRnWPSpQKkLfyhe9rHK/hJPemcEnfLKBQ/4XV7kfoHg6GP5O/Wfa7PTsVh/eDz9fORA/uxYhLQ4IuEBZS95EcTiQA/FbdKyE3nU5LhVzVDxdA+WCmtUvrXWUFeIBvGNyWLkoKX3axFBtyhlebtYWteNHcyXom+Zeo9d/+/DqIkSKzppoGq2T+onEqYj0pD7oI8QCKl+dHqQJScsdMR5Twl5Y1c6WOT6mz8vSGNOYQo/zaYpDKr1z9wZcHrhE7eENkv3siPFDxF9YKrR+e+ukn5D8FazrDhiFs8Ggnyj/b/6puAWinqR7K07NEUJrfAb24y1aDGH3CfWt7c/zTGg1i7p7kXDgGh7T0t5Ql1dY55yq0ETsTjK/HOwDxfHr8hakdETXNephZr0SwElVtwfL/Z7cFjHCGJ9wii6p3EVmqnDpU+CC7BCES9Frwn4Q/SmzK9+5JWPj6ACKEu4OiYR6DKgVHJOURpMJ8t2BXbv8yfzBOgO1U/Ri9"}', 'BOpVNhsDi0DzDwFxSWZ0OT');
CREATE INDEX answers_by_path ON answers (scope, path);
CREATE INDEX answers_by_use ON answers (used_at);
CREATE TRIGGER answer_added AFTER INSERT ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes; END;
CREATE TRIGGER answer_changed AFTER UPDATE OF bytes ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes - old.bytes; END;
CREATE TRIGGER answer_deleted AFTER DELETE ON answers
    BEGIN UPDATE total SET bytes = bytes - old.bytes; END;
CREATE TRIGGER answer_rewritten AFTER UPDATE OF created_at ON answers
    WHEN new.checksum IS old.checksum AND new.created_at IS NOT old.created_at
    BEGIN UPDATE answers SET checksum = NULL WHERE key = new.key; END;
CREATE TRIGGER record_rewritten AFTER UPDATE OF value ON records
    WHEN new.checksum IS old.checksum AND new.value IS NOT old.value
    BEGIN UPDATE records SET checksum = NULL WHERE name = new.name; END;
