"""What the movement knows: facts, decisions and rules, without clock, chance or I/O."""
