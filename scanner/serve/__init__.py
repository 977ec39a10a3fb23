"""The ``serve`` process: scheduler, worker and postman, and a clean end."""
