/// A rule that the schema checker reports under while it walks an object: one walk for all of these rules.
public protocol SchemaRule: ValidationRule {}
