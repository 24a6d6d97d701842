-- Policies and grants of p09_reader and p09_writer on every table, while `migrate` holds the locks. Until now the first temporary login
-- after a deploy brought them: it took all tables in an order of its own, and requests of customers ended in its deadlocks.
-- A migration that creates a table ends with this line.
select p09_open_to_people();
