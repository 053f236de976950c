"""PyIceberg's files in Azure's store by the names that Azure gives them: CONTAINER@HOST, of which pyarrow wants the container alone."""
from pyiceberg.io.pyarrow import PyArrowFileIO


class AzureFileIO(PyArrowFileIO):
    @staticmethod
    def parse_location(location, properties=None):
        scheme, netloc, path = PyArrowFileIO.parse_location(location, properties or {})
        container = netloc.split("@")[0]
        return scheme, container, container + path[len(netloc):]
