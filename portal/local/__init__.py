"""What `./run` needs on one machine: databases without an installed server. Never imported by Django."""
